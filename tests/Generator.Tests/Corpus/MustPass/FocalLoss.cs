// Powers of probabilities.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b")] Tensor p) => -Mean(Pow(1 - p, 2) * Log(p));
}
