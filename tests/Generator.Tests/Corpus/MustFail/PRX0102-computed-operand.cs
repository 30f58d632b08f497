// MatMul: Relu(x) is [b m], Weight + 1 is [n m]; the inner dims m and n differ. Did you mean MatMul(Relu(x), Transpose(Weight + 1))?

[Network]
public partial class Net(int {|1:m|}, int {|2:n|})
{
    [Parameter("n m")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => [|MatMul(Relu(x), Weight + 1)|];
}

// mended by: Transpose 'Weight + 1'

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => MatMul(Relu(x), Transpose(Weight + 1));
}
