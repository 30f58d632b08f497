// With: Net.layers has depth elements, and Repeat(w.Dim(0), k => first.With(weight: w[k])) has depth+1

[Network]
public partial class Layer(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Tanh(MatMul(x, Weight));
}

[Network]
public partial class Net(int n, int {|2:depth|})
{
    readonly Layer first = new(n);
    readonly Layer[] {|1:layers|} = Repeat(depth, _ => new Layer(n));

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        x = first.Forward(x);
        foreach (var layer in layers) x = layer.Forward(x);
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor On([Shape("b n")] Tensor x, [Shape("depth+1 n n")] Tensor w) => With(layers: [|Repeat(w.Dim(0), k => first.With(weight: w[k]))|]).Forward(x);
}

// mended:
[Network]
public partial class Layer(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Tanh(MatMul(x, Weight));
}

[Network]
public partial class Net(int n, int depth)
{
    readonly Layer first = new(n);
    readonly Layer[] layers = Repeat(depth, _ => new Layer(n));

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        x = first.Forward(x);
        foreach (var layer in layers) x = layer.Forward(x);
        return x;
    }

    [return: Shape("b n")]
    public virtual Tensor On([Shape("b n")] Tensor x, [Shape("depth+1 n n")] Tensor w) => With(layers: Repeat(depth, k => first.With(weight: w[k + 1]))).Forward(x);
}
