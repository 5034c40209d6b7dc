"""After `yoyo apply`: the functions and views, so that yoyo alone yields a working database."""

import sys
from pathlib import Path

from yoyo import step

# yoyo runs as a script of its own, which need not have this project on its path.
sys.path.insert(0, str(Path(__file__).parents[2]))

from db.apply import apply_functions

steps = [step(apply_functions)]
