"""Disclosure control of a confidential case extract: which figures show, and which are withheld.

The rules that the modules cite by number, with a threshold that an office chooses:

1. A row (a question, a group, an area) shows with all its figures or with none.
2. A row shows where sufficient and insufficient both reach the threshold.
3. Not applicable and missing show only where each reaches the threshold, or both are 0.
4. The number of cases of a group shows where it reaches the threshold.
5. All providers together are the sum of the providers, and of the levels of every breakdown; an area is the
   sum of its places, of which areas may share some.
6. More rows are withheld in a public order until nobody can confine a small count to fewer values than the
   threshold, or than its group has cases and one more.
9. A release is not published beside an earlier one from which it differs by few cases.

`rows` has the relations, `rules` what is withheld for its own sake, `secondary` and `attacker` what goes with
it, `tables` the result, `releases` the comparison of releases. All are pure functions of counts; what is
derived from counts must be derived from the rows that show.
"""
