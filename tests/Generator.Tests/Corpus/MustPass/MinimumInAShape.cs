// Functions of sizes.

[Network]
public partial class Net(int n)
{
    [return: Shape("b min(n,8)")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x[.., ..Math.Min(n, 8)];
}
