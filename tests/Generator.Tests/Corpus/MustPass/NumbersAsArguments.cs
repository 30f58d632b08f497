// Numbers of the call.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, float rate, int times, bool negate) => negate ? -rate * x : rate * times * x;
}
