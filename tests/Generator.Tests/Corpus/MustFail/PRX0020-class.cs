// 'Torch' cannot be the name of this: the generator nests a class of that name in it

[Network]
public partial class [|Torch|](int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Torches(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
