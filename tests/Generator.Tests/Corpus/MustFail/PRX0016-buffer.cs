// 'Mean' is a [Buffer], and 'Statistics' is no network: mark the class [Network]

public partial class {|1:Statistics|}(int n)
{
    [Buffer("n")] public partial Tensor [|Mean|] { get; }
}
