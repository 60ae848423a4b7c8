# What nbgrader must know to make, release and grade assignments whose cells are Go (kernel "gilkernel").
# Your own settings go below. nbgrader reads this file in the folder in which its commands run.
import os

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "gilkernel"

# What takes the place of a solution in the notebook that learners get, by the notebook's language.
c.ClearSolutions.code_stub = {
    "go": '// YOUR CODE HERE\npanic("not implemented")',
    "python": "# YOUR CODE HERE\nraise NotImplementedError()",
}

# A line "// AUTOTEST x; f(3)" in a cell with tests becomes tests of these expressions, see autotests.yml. Results that
# are strings come quoted; the templates put them between quotes again.
KERNELS = ("gilkernel", "gilkernel-yaegi")
c.InstantiateTests.comment_strs = {kernel: "//" for kernel in KERNELS}
c.InstantiateTests.sanitizers = {
    kernel: lambda s: s[1:-1] if len(s) > 1 and s[0] == s[-1] == '"' else s for kernel in KERNELS
}

# nbgrader gives no points for a cell with output on stderr, where Go's println writes.
os.environ.setdefault("GILKERNEL_STDERR", "stdout")
# The progress of the one who grades is not the learners'.
os.environ.setdefault("GILKERNEL_PROGRESS", os.devnull)

# A cell that hasn't ended by then, in seconds, is interrupted; the cells behind it are graded all the same.
c.Execute.timeout = 60
