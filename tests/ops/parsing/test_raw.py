"""tests/cases/parsing.py against TensorFlow 1.15.5; tests/oracle/client/parsing.py has the other ops."""

from tests.ops.helpers import OpFamilyTests


class TestParsing(OpFamilyTests):
    family = "parsing"
