// State that others set.

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Mean { get; set; }
    [Buffer("n", Init = Init.Ones)] public partial Tensor Deviation { get; private set; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => (x - Mean) / Deviation;
}
