// a lambda of Map computes with numbers only, and this is Half(v); use MathF and operators
// The lambda of Map computes one number from one number (or two): MathF, operators, ?: and sizes.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, v => [|Half(v)|]);

    float Half(float v) => v / 2;
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, v => v / 2);
}
