// Halve requires h % 2 == 0; here h is 2*n+1
// A network or a method states what its sizes satisfy: [Require("h % 2 == 0")]. A call whose sizes never satisfy it is an error on that call; what the
// build cannot decide is checked at the entry of the generated method, in the same words. On a network, the constructor checks.

[Network]
public partial class Net(int n)
{
    [return: Shape("h/2")]
    [Require({|1:"h % 2 == 0"|})]
    public virtual Tensor Halve([Shape("h")] Tensor x) => Slice(x, 0, 0, x.Dim(0) / 2);

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("2*n+1")] Tensor x) => [|Halve(x)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("h/2")]
    [Require("h % 2 == 0")]
    public virtual Tensor Halve([Shape("h")] Tensor x) => Slice(x, 0, 0, x.Dim(0) / 2);

    [return: Shape("n")]
    public virtual Tensor Forward([Shape("2*n")] Tensor x) => Halve(x);
}
