// Free energies.

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b 8")] Tensor x) => -LogSumExp(-x, dim: 1);
}
