// Add: x is [b widht] and Bias is [width]; widht and width differ and neither is a written 1. Is 'widht' a misspelling of 'width'?

[Network]
public partial class Net(int {|2:width|})
{
    [Parameter("width")] public partial Tensor Bias { get; }

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b {|1:widht|}")] Tensor x) => [|x + Bias|];
}

// mended by: Change 'widht' to 'width'

[Network]
public partial class Net(int width)
{
    [Parameter("width")] public partial Tensor Bias { get; }

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x) => x + Bias;
}
