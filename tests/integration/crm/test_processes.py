"""What the processes of the facts load."""

import subprocess
import sys


def test_the_web_process_does_not_load_the_graph_library() -> None:
    program = "import sys, services.crm.app; print(sorted({'scipy', 'sknetwork'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
