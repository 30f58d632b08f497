// ?
// A network is complete in itself. What several networks share is a child, a field whose type is a network, or a [TensorFunction].

public class Model
{
    public string Title => "model";
}

[Network]
public partial class [|Net|](int n) : Model
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
