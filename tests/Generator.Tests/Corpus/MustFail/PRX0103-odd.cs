// Pairs: x is declared [2*n], and y is [7]; 2*n is 6 there and 7 here

[Network]
public partial class Net
{
    [return: Shape("n 2")]
    public virtual Tensor Pairs([Shape({|1:"2*n"|})] Tensor x) => Reshape(x, -1, 2);

    [return: Shape("3 2")]
    public virtual Tensor Forward([Shape("7")] Tensor y) => Pairs([|y|]);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("n 2")]
    public virtual Tensor Pairs([Shape("2*n")] Tensor x) => Reshape(x, -1, 2);

    [return: Shape("3 2")]
    public virtual Tensor Forward([Shape("6")] Tensor y) => Pairs(y);
}
