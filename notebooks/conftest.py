"""The tutorials run against the local server only, whatever account the machine has."""

from tests.isolation import isolate

isolate()
