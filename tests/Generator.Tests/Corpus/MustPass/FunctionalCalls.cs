// Networks on computed parameters: own, of a child, of an element of an array, of whole arrays, of a child of a library.

[Network]
public partial class Layer(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }
    [Parameter("n", Init = Init.Zeros)] public partial Tensor Bias { get; }
    [Buffer("n")] public partial Tensor Shift { get; set; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Weight) + Bias + Shift;
}

[Network]
public partial class Net(int n, int depth)
{
    readonly Layer layer = new(n);
    readonly Linear code = new(n, n * n);
    readonly Layer[] layers = Repeat(depth, _ => new Layer(n));

    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("n")] Tensor z)
    {
        var fast = layer.With(weight: Reshape(code.Forward(z), n, n));
        foreach (var block in layers) x = block.With(bias: z).Forward(x) * Scale;
        return fast.Forward(x) + With(layer: fast, scale: z).Plain(x) + this.With().Plain(x) + layers[0].With(weight: layer.Weight, bias: null).Forward(x);
    }

    [return: Shape("b n")]
    public virtual Tensor Plain([Shape("b n")] Tensor x) => Scale * layer.Forward(x);

    [return: Shape("b n")]
    public virtual Tensor Stacked([Shape("b n")] Tensor x, [Shape("depth n n")] Tensor w, [Shape("n")] Tensor z)
    {
        var on = With(layers: Repeat(depth, k => layers[k].With(weight: w[k], bias: z)), layer: layers[0]);
        var again = on.With(layers: Repeat(depth, k => layer.With(weight: w[depth - 1 - k]))).With(layers: null);
        return on.Forward(x, z) + again.Forward(x, z) + With(layers: layers).Forward(x, z);
    }

    public Net Outside(Tensor scale) => With(scale: scale + 1, layer: layer);
}
