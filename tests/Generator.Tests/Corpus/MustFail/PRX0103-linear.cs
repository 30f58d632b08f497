// Forward: x is declared [... inputs], and Relu(first.Forward(x)) is [b hidden]; inputs is n there and hidden here

[Network]
public partial class Net(int {|1:n|}, int {|2:hidden|})
{
    readonly Linear first = new(n, hidden);
    readonly Linear last = new(n, 1);

    [return: Shape("b 1")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => last.Forward([|Relu(first.Forward(x))|]);
}

// mended:

[Network]
public partial class Net(int n, int hidden)
{
    readonly Linear first = new(n, hidden);
    readonly Linear last = new(hidden, 1);

    [return: Shape("b 1")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => last.Forward(Relu(first.Forward(x)));
}
