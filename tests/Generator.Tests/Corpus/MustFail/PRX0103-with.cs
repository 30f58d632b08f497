// With: Linear.Weight is declared [outputs inputs], and w is [m n]; n and m differ. Did you mean map.With(weight: Transpose(w))?

[Network]
public partial class Net(int {|2:m|}, int {|1:n|})
{
    readonly Linear map = new(m, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("m n")] Tensor w) => map.With(weight: [|w|]).Forward(x);
}

// mended:
[Network]
public partial class Net(int m, int n)
{
    readonly Linear map = new(m, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("m n")] Tensor w) => map.With(weight: Transpose(w)).Forward(x);
}
