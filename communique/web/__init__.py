"""Pages that need a server: health, and what people do by themselves: subscribe, choose, leave."""
