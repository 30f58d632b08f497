// Differences along two dims.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Value([Shape("h w")] Tensor image) => Sum(Abs(image[1.., ..] - image[..^1, ..])) + Sum(Abs(image[.., 1..] - image[.., ..^1]));
}
