// 'Net' is generic; networks and compiled methods are not

public partial class Outer<T>
{
    [Network]
    public partial class [|Net|](int n)
    {
        [return: Shape("b n")]
        public virtual Tensor Forward([Shape("b n")] Tensor x) => x;
    }
}

// mended:

public partial class Outer
{
    [Network]
    public partial class Net(int n)
    {
        [return: Shape("b n")]
        public virtual Tensor Forward([Shape("b n")] Tensor x) => x;
    }
}
