// Arrays of networks that hold arrays of networks.
[Network]
public partial class Layer(int width)
{
    [Parameter("width")] public partial Tensor Scale { get; }

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x) => x * Scale;
}

[Network]
public partial class Stage(int width, int depth)
{
    readonly Layer[] layers = Repeat(depth, _ => new Layer(width));

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x)
    {
        foreach (var layer in layers) x = Sin(layer.Forward(x));
        return x;
    }
}

[Network]
public partial class Net(int width)
{
    readonly Stage[] stages = Repeat(3, _ => new Stage(width, 2));

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x)
    {
        foreach (var stage in stages) x += stage.Forward(x);
        return x;
    }
}
