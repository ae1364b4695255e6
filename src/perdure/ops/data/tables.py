"""Ops that make datasets of rows: of comma-separated values, and of databases."""

from perdure.ops.data.definitions import dataset_op, integer, text
from perdure.ops.data.files import check_buffer_size, names_of


def csv_dataset_kernel(
    xp,
    filenames,
    compression_type,
    buffer_size,
    header,
    field_delim,
    use_quote_delim,
    na_value,
    select_cols,
    record_defaults,
    *,
    files,
    output_types,
    output_shapes,
):
    from perdure.pipelines.tables import CsvDataset

    check_buffer_size(buffer_size)
    return CsvDataset(
        output_types,
        output_shapes,
        names_of(filenames),
        text(compression_type),
        bool(header),
        text(field_delim),
        bool(use_quote_delim),
        text(na_value),
        [integer(each, "select_cols") for each in select_cols],
        record_defaults,
        files,
    )


for _definition in (
    dataset_op("CSVDataset"),
    dataset_op("ExperimentalCSVDataset"),
):
    _definition.kernel(csv_dataset_kernel)


def sql_dataset_kernel(xp, driver_name, data_source_name, query, *, files, output_types, output_shapes):
    from perdure.pipelines.tables import SqlDataset

    words = text(driver_name), text(data_source_name), text(query)
    return SqlDataset(output_types, output_shapes, *words, files)


for _definition in (
    dataset_op("SqlDataset"),
    dataset_op("ExperimentalSqlDataset"),
):
    _definition.kernel(sql_dataset_kernel)
