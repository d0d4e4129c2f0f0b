"""What runs recorded: who entered and left each segment from run to run, appended to the output folder.

In: members that a run kept in its engine, and what earlier runs recorded. Out: files below `history/`, and answers from
them: sizes over time, members as of a day, moves between stages.
"""
