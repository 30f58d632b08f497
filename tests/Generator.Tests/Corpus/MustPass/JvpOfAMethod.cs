// Values and their change.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sin(x) * x;

    [Jvp(of: nameof(Forward))]
    public virtual partial (Tensor, Tensor) Change(Tensor x, Tensor direction);
}
