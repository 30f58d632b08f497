// 'Cpu' cannot be the name of this: the generator declares a member of that name

[Network]
public partial class Net(int n)
{
    const int [|Cpu|] = 1;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Cpu * x;
}

// mended:

[Network]
public partial class Net(int n)
{
    const int Cores = 1;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Cores * x;
}
