"""The parameters of a run: named, typed, and checked before any kernel starts."""

import shlex
from collections.abc import Callable, Collection, Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analysis.data.patterns import SLUG
from analysis.faults import UsageFault

# Set by the command's own arguments.
_PLACED = ("area", "out")


class ParameterError(UsageFault):
    """Parameters that cannot be used; `problems` holds one sentence for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep the sentences in the order in which the faults were found."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def _one_of(allowed: Callable[[], Collection[Any]]) -> AfterValidator:
    def known(value: Any) -> Any:  # noqa: ANN401
        if value not in allowed():
            raise ValueError(f"must be one of {', '.join(map(str, allowed()))}")
        return value

    return AfterValidator(known)


# What is allowed stands elsewhere, behind imports that take a second; defaults need no check.
def _methods() -> Collection[str]:
    from analysis.stats import proportions  # noqa: PLC0415

    return proportions.METHODS


def _readings() -> Collection[str]:
    from analysis.data import codes  # noqa: PLC0415

    return codes.READINGS


def _cohorts() -> Collection[int]:
    from analysis.data import context  # noqa: PLC0415

    return context.cohorts()


class Parameters(BaseModel):
    """What the four notebooks are run with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: str = Field(pattern=f"^{SLUG}$")
    level: float = Field(default=0.95, ge=0.5, lt=1, allow_inf_nan=False)
    method: Annotated[str, _one_of(_methods)] = "wilson"
    bounds: Annotated[str, _one_of(_readings)] = "tight"
    cohort: Annotated[int, _one_of(_cohorts)] = 2012
    out: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """What the run is made with, whichever area and wherever it goes."""
        return self.model_dump(exclude=set(_PLACED))

    def command(self, name: str, *arguments: str) -> str:
        """Return the command line that does something with these parameters, defaults left out."""
        options = [
            f"-p {option}={value}"
            for option, value in self.options.items()
            if value != Parameters.model_fields[option].default
        ]
        return " ".join(["analysis", name, self.area, *options, shlex.join(arguments)]).strip()


def check(**values: Any) -> Parameters:  # noqa: ANN401
    """Check parameters given as Python values, as the notebooks give them."""
    return _checked(lambda: Parameters.model_validate(values, strict=True))


def parse(area: str, written: Iterable[str] = ()) -> Parameters:
    """Check parameters written as NAME=VALUE on the command line."""
    pairs = [text.partition("=") for text in written]
    unnamed = [
        f"{name}: write a parameter as NAME=VALUE" for name, equals, _ in pairs if not equals
    ]
    if unnamed:
        raise ParameterError(unnamed)
    values = {name: value for name, _, value in pairs}
    if taken := [f"{name}: not a parameter to be set here" for name in values if name in _PLACED]:
        raise ParameterError(taken)
    return _checked(lambda: Parameters.model_validate_strings(values | {"area": area}))


def _checked(validate: Callable[[], Parameters]) -> Parameters:
    try:
        found = validate()
    except ValidationError as error:
        raise ParameterError(map(_sentence, error.errors())) from None
    from analysis import areas  # noqa: PLC0415

    areas.get(found.area)
    return found


def _sentence(fault: Any) -> str:  # noqa: ANN401
    name = ".".join(map(str, fault["loc"]))
    if name == "area" and fault["type"] == "string_pattern_mismatch":
        from analysis import areas  # noqa: PLC0415

        return str(areas.unknown(fault["input"], areas.load()))
    if fault["type"] == "extra_forbidden":
        known = [field for field in Parameters.model_fields if field not in _PLACED]
        return f"{name}: no such parameter; there are {', '.join(known)}"
    return f"{name} = {fault['input']!r}: {fault['msg'].removeprefix('Value error, ')}"
