"""A YAML file read into a model, with a problem for every fault of its fields."""

from functools import partial
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from communique.problems import Problem
from communique.read.field_faults import empty_values, field_problems, unfit_numbers
from communique.read.schema import schema_of
from communique.read.yaml_document import Document

Model = TypeVar("Model", bound=BaseModel)


def fill(model: type[Model], document: Document) -> tuple[Model | None, list[Problem]]:
    """The model with a document's data; None when it does not fit. Problems are not in order yet."""
    schema = partial(schema_of, model)  # made where something is to be compared with it: most channels need none
    problems = [*empty_values(document), *unfit_numbers(document, schema)]
    try:
        return model.model_validate(document.data), problems
    except ValidationError as error:
        return None, [*problems, *field_problems(error, document, schema())]
