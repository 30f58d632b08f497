// ?

public static class [|Models|]
{
    [Network]
    public partial class Net(int n)
    {
        [return: Shape("n")]
        public virtual Tensor Forward([Shape("n")] Tensor x) => Relu(x);
    }
}

// mended by: Add 'partial'

public static partial class Models
{
    [Network]
    public partial class Net(int n)
    {
        [return: Shape("n")]
        public virtual Tensor Forward([Shape("n")] Tensor x) => Relu(x);
    }
}
