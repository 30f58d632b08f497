// 'hiddn' is not bound by the constructor or an argument; did you mean 'hidden'?

[Network]
public partial class Net(int hidden)
{
    [return: Shape("b 2*hidden")]
    public virtual Tensor Forward([Shape("b 2*[|hiddn|]")] Tensor x) => x;
}

// mended by: Change 'hiddn' to 'hidden'

[Network]
public partial class Net(int hidden)
{
    [return: Shape("b 2*hidden")]
    public virtual Tensor Forward([Shape("b 2*hidden")] Tensor x) => x;
}
