"""The facts of a proto file that decide what its bytes mean. Runs on Python 3.7 too."""


def facts(proto):
    """From message or enum to its fields or values, for a FileDescriptorProto."""
    found = {}
    package = "." + proto.package.split(".")[0] + "."
    inner = proto.package.split(".")[1:]  # of tensorflow.tfprof: tfprof
    for message in proto.message_type:
        _message(found, inner, message, package)
    for enum in proto.enum_type:
        _enum(found, inner, enum)
    return found


def _message(found, path, message, package):
    path = path + [message.name]
    fields = {}
    for field in message.field:
        one_of = message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else ""
        type_name = (
            field.type_name.replace(package, "", 1)
            if field.type_name.startswith(package)
            else field.type_name
        )
        packed = field.options.packed if field.options.HasField("packed") else None
        fields[field.name] = [
            field.number,
            field.label,
            field.type,
            type_name,
            one_of,
            packed,
            field.options.deprecated,
        ]
    reserved = [[r.start, r.end] for r in message.reserved_range]
    found[".".join(path)] = {
        "fields": fields,
        "reserved": reserved,
        "is_map": message.options.map_entry,
    }
    for nested in message.nested_type:
        _message(found, path, nested, package)
    for enum in message.enum_type:
        _enum(found, path, enum)


def _enum(found, path, enum):
    found[".".join(path + [enum.name])] = {value.name: value.number for value in enum.value}
