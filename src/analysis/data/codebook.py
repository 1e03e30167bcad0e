"""What is generated from the schemas and the provenance: the codebook and the data package."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from analysis import project
from analysis.data import inspection, processed, raw, sources
from analysis.data.columns import Column, Table
from analysis.data.extracts.corrections import Correction
from analysis.data.extracts.written import Written
from analysis.data.region import Region

SETTINGS: Mapping[str, type[BaseModel]] = {
    "inspections/NAME/inspection.toml": inspection.Settings,
    "inspections/NAME/columns.toml, in place of these keys of inspection.toml": Written,
    "inspections/NAME/corrections.toml, each `[[correction]]`": Correction,
    "regions/NAME.toml": Region,
}
_TYPES = {"int64": "integer", "Int64": "integer", "float64": "number", "bool": "boolean"}


def _type(column: Column) -> str:
    return _TYPES.get(column.dtype, "string")


def raw_tables(folder: Path = project.RAW) -> dict[str, Table]:
    """Return the declaration of each raw file, by its path within data/raw."""
    declared = {f"{name}.csv": table for name, table in raw.RAW.items()}
    for settings in sorted((folder / project.INSPECTIONS.name).glob(f"*/{inspection.SETTINGS}")):
        found = inspection.published(str(settings.parent))
        own = inspection.declared(found.settings) | {"cases": raw.cases(found.question_ids)}
        within = settings.parent.relative_to(folder).as_posix()
        declared |= {f"{within}/{name}.csv": table for name, table in own.items()}
    recorded = sources.provenance(folder / project.SOURCES.name).files
    return {file: declared[file] for file in recorded}


def datapackage(folder: Path = project.RAW) -> str:
    """Return the Frictionless data package of the raw tables, as JSON text."""
    recorded = sources.provenance(folder / project.SOURCES.name)
    resources = []
    for file, schema in raw_tables(folder).items():
        raw = recorded.files[file]
        resources.append(
            {
                "name": _resource(file),
                "path": file,
                "profile": "tabular-data-resource",
                "title": schema.title,
                "description": f"{schema.description} {raw.note}",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "hash": f"sha256:{raw.sha256}",
                "bytes": (folder / file).stat().st_size,
                "period": raw.period,
                "licenses": _licences(recorded.of(file)),
                "sources": [
                    {
                        "title": f"{s.publisher}: {s.title} ({s.date})",
                        "path": s.link,
                        "obtainedFrom": s.obtained_from,
                    }
                    for s in recorded.of(file)
                ],
                "schema": {
                    "fields": [
                        _field(name, column)
                        for name, column in schema.columns.items()
                        if column.required
                    ],
                    "primaryKey": list(schema.key),
                    "missingValues": [""],
                }
                | _foreign_keys(schema, file),
            }
        )
    package = {
        "profile": "tabular-data-package",
        "name": recorded.package.name,
        "title": recorded.package.title,
        "licenses": _licences(recorded.sources.values()),
        "resources": resources,
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _licences(of: Iterable[sources.Source]) -> list[dict[str, str]]:
    return [{"name": licence} for licence in dict.fromkeys(source.licence for source in of)]


def _field(name: str, column: Column) -> dict[str, object]:
    constraints: dict[str, object] = {}
    if not column.nullable:
        constraints["required"] = True
    if column.codes:
        constraints["enum"] = list(column.codes)
    if column.pattern:
        constraints["pattern"] = f"^({column.pattern})$"
    if column.low is not None:
        constraints["minimum"] = column.low
    if column.high is not None:
        constraints["maximum"] = column.high
    field: dict[str, object] = {
        "name": name,
        "type": _type(column),
        "description": column.description,
    }
    if column.unit:
        field["unit"] = column.unit
    if constraints:
        field["constraints"] = constraints
    return field


def _resource(file: str) -> str:
    return file.removesuffix(".csv").replace("/", "-").replace("_", "-")


def _foreign_keys(schema: Table, file: str) -> dict[str, object]:
    keys = [
        {
            "fields": column,
            "reference": {"resource": _resource(str(Path(file).with_name(target))), "fields": key},
        }
        for column, target, key in schema.foreign_keys()
    ]
    return {"foreignKeys": keys} if keys else {}


def codebook(folder: Path = project.RAW) -> str:
    """Return the codebook of every raw and processed table, as Markdown."""
    recorded = sources.provenance(folder / project.SOURCES.name)
    lines = [
        "# Codebook",
        "",
        "Generated from `src/analysis/data/` (`raw.py`, `processed.py`, `inspection.py`, `region.py`) by "
        "`analysis codebook`; do not edit.",
        "",
        "Blank means missing, unless a column says otherwise.",
        "",
        "# Raw tables (`data/raw/`)",
        "",
    ]
    for file, schema in raw_tables(folder).items():
        raw = recorded.files[file]
        lines += _section(file, schema)
        lines += [f"Period: {raw.period}. {raw.note}", ""]
        lines += [
            f"- Source: {s.publisher}, *{s.title}*, {s.date}. {s.licence_note}. "
            f"Obtained from: {s.obtained_from}."
            for s in recorded.of(file)
        ]
        lines += [f"- SHA-256: `{raw.sha256}`", ""]
    lines += [
        "# Settings (`data/raw/`)",
        "",
        "The folder of an inspection may have "
        f"{', '.join(f'`{name}`' for name in inspection.FILES)}; it needs the first two, and findings "
        "or cases; `columns.toml` and `corrections.toml` say how cases are written and what is mended of "
        "them. Its tables are as those of `inspections/` above, with the codes of its own "
        "`inspection.toml`.",
        "",
    ]
    for file, model in SETTINGS.items():
        lines += [f"## {file}", "", "| key | meaning |", "| --- | --- |", *_keys(model), ""]
    lines += ["# Processed tables (`data/processed/AREA/`)", ""]
    for name, schema in processed.PROCESSED.items():
        lines += _section(f"{name}.csv", schema)
    return "\n".join(lines).rstrip() + "\n"


def _keys(model: type[BaseModel], within: str = "") -> Iterator[str]:
    """Yield a row for each key of settings, and for those of what it holds."""
    for name, field in model.model_fields.items():
        optional = "" if field.is_required() else " (optional)"
        yield f"| `{within}{name}` | {field.description}{optional} |"
        *_, value = get_args(field.annotation) or (None,)
        for each, place in ((field.annotation, ""), (value, "NAME.")):
            if isinstance(each, type) and issubclass(each, BaseModel):
                yield from _keys(each, f"{within}{name}.{place}")


def _section(file: str, schema: Table) -> list[str]:
    key = ", ".join(schema.key)
    lines = [
        f"## {file}",
        "",
        f"**{schema.title}.** {schema.description}",
        "",
        f"Key: {key}.",
        "",
        "| column | type | meaning | unit or codes |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows(schema)),
    ]
    return [*lines, ""]


def rows(schema: Table) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each column of a table, as Markdown: its name, type, meaning, and unit or codes."""
    judgements = [name for name, c in schema.columns.items() if _is_judgement(name, c, schema)]
    for name, column in schema.columns.items():
        if name in judgements[1:]:
            continue
        shown = (
            f"one column per question, `{judgements[0]}` to `{judgements[-1]}`"
            if name in judgements
            else f"`{name}`"
        )
        optional = "" if column.required else " (optional column)"
        blank = ", may be blank" if column.nullable else ""
        yield (
            shown,
            f"{_type(column)}{blank}",
            f"{column.description}{optional}",
            _codes(column),
        )


def _is_judgement(name: str, column: Column, schema: Table) -> bool:
    return schema.name == "cases" and name not in {"case_id", "provider"} and column.required


def _codes(column: Column) -> str:
    if column.unit:
        return column.unit
    return "; ".join(
        f"`{code}`" + (f": {meaning}" if meaning else "")
        for code, meaning in (column.codes or column.spellings).items()
    )


def write() -> tuple[Path, Path]:
    """Renew the codebook and the data package; gives their paths."""
    project.CODEBOOK.parent.mkdir(exist_ok=True)
    project.CODEBOOK.write_text(codebook(), encoding="utf-8")
    project.DATAPACKAGE.write_text(datapackage(), encoding="utf-8")
    return project.CODEBOOK, project.DATAPACKAGE
