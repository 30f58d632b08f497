// MatMul: first.Forward(x) is [b n], Transpose(first.Weight) is [m n]; the inner dims n and m differ. Did you mean MatMul(first.Forward(x), first.Weight)?

[Network]
public partial class Net(int {|2:m|}, int {|1:n|})
{
    readonly Linear first = new(m, n);

    [return: Shape("b m")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => [|MatMul(first.Forward(x), Transpose(first.Weight))|];
}

// mended by: Transpose 'Transpose(first.Weight)'

[Network]
public partial class Net(int m, int n)
{
    readonly Linear first = new(m, n);

    [return: Shape("b m")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => MatMul(first.Forward(x), first.Weight);
}
