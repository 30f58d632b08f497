// Division rounds down.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n/2")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x[.., ..(n / 2)];
}
