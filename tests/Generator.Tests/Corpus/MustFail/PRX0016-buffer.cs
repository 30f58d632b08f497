// 'Mean' is a [Buffer], and 'Statistics' is no network: mark the class [Network]

public partial class {|1:Statistics|}(int n)
{
    [Buffer("n")] public partial Tensor [|Mean|] { get; }
}

// mended:

[Network]
public partial class Statistics(int n)
{
    [Buffer("n")] public partial Tensor Mean { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x - Mean;
}
