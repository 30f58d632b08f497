// What is not compiled is plain C#.

[Network]
public partial class Net(int n)
{
    private int calls;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);

    public float Counted(Tensor x)
    {
        calls++;
        return calls > 3 ? throw new InvalidOperationException("too often") : (float)Forward(x);
    }

    public override string ToString() => $"a network of {n}";
}
