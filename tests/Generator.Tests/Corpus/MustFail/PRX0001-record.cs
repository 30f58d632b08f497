// 'Net' must be a class and no record: a network is not a value

[Network]
public partial record [|Net|](int n);
