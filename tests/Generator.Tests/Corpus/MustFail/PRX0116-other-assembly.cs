// ?
// An assembly with networks carries their declarations, so that they can be inlined where they are used. This one carries none, because it was compiled
// without the generator or with another version of it: compile it with the same version of Proxima.

[Network]
public partial class Net(int n)
{
    readonly Scaling [|scaling|] = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => scaling.Forward(x);
}

// library:

[Network]
public class Scaling(int n)
{
    public int N => n;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + x;
}
