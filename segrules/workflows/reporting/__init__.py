"""Everything that a report shows of a project: its rules, what its data says of its segments, and what runs recorded.

In: a folder, and where its runs are recorded. Out: `data.Report`, plain values by segment and segmentation. No HTML.
"""
