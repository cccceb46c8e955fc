"""What a norm's history shows to be wrong: each judge looks at one call, and says so or nothing.

Each judgement is a fact of the run in one sentence, and how sure it is that nobody meant it so.
"""
