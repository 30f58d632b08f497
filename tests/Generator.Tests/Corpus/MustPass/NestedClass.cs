// A network inside another class.

public static partial class Models
{
    [Network]
    public partial class Net(int n)
    {
        [return: Shape("b n")]
        public virtual Tensor Forward([Shape("b n")] Tensor x) => Tanh(x);
    }
}
