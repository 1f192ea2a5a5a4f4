"""Pictures from SVG drawings: text set by the metrics of real fonts, in every script; then pixels."""
