// Comparisons give truth values, which combine with &, | and !.

[Network]
public partial class Net
{
    [return: Shape("b n", DType.Bool)]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => (x > y) & !(x >= 2) | (x < 0) & (y <= 1);
}
