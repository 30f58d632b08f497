// Noise is an argument.

[Network]
public partial class Net(float temperature = 0.5f)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Softmax((x - Log(-Log(y))) / temperature);
}
