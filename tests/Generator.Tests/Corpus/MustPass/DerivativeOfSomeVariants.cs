// A derivative that is zero for some sizes only is what the conditions say.
[Network]
public partial class Net(int n, bool plain = true)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x, [Shape("b n")] Tensor y)
    {
        if (plain) return Sum(Square(y));
        return Sum(x * y);
    }

    [Gradient(of: nameof(Energy), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) Slopes(Tensor x, Tensor y);
}
