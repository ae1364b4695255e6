"""Variables: state that a session keeps between steps, their scopes and collections."""

from perdure.variables import creation

# Importing it completes `tf.Variable`: nothing can make a variable before.
del creation
