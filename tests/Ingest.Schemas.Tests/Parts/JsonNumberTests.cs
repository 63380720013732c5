using System.Globalization;
using System.Text;

namespace Ingest.Schemas.Tests;

public sealed class JsonNumberTests
{
    /// <summary>Values in ascending order, in several writings each.</summary>
    private static readonly string[][] s_ascending =
    [
        ["-1e308", "-10e307"],
        ["-123456789012345678901234567890.5", "-1234567890123456789012345678905e-1"],
        ["-123456789012345678901234567890"],
        ["-2", "-2.0", "-20e-1", "-0.2e1"],
        ["-1.000000000000000000000000000001"],
        ["-1", "-1.0"],
        ["-1e-300"],
        ["0", "-0", "0.0", "0e10", "-0.000e-5"],
        ["1e-300", "0.1e-299", "10E-301"],
        ["0.1", "1e-1", "0.10", "100e-3"],
        ["0.10000000000000000000000000000000000001"],
        ["1", "1.0", "10e-1", "0.01e2", "1e0", "1E+0"],
        ["9.99"],
        ["10", "1e1", "10.0"],
        ["12", "12.00"],
        ["100", "1e2", "1.00e2"],
        ["123456789012345678"],
        ["1234567890123456789"],
        ["12345678901234567890"],
        ["1e308", "10000e304"],
        ["1e1000"],
    ];

    [Fact]
    public void Compares_exactly_whatever_the_writing()
    {
        for (var i = 0; i < s_ascending.Length; i++)
        {
            for (var j = 0; j < s_ascending.Length; j++)
            {
                foreach (var left in s_ascending[i])
                {
                    foreach (var right in s_ascending[j])
                        Assert.True(i.CompareTo(j) == Math.Sign(Compare(left, right)), $"{left} and {right}");
                }
            }
        }
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1.0", true)]
    [InlineData("1.5", false)]
    [InlineData("1.5e1", true)]
    [InlineData("15e-1", false)]
    [InlineData("1e308", true)]
    [InlineData("1e-1", false)]
    [InlineData("100e-2", true)]
    [InlineData("0.0e-99", true)]
    public void Knows_integers(string text, bool isInteger) =>
        Assert.Equal(isInteger, JsonNumber.Parse(Encoding.ASCII.GetBytes(text)).IsInteger);

    [Theory]
    [InlineData("0.0075", "0.0001", true)]
    [InlineData("0.00751", "0.0001", false)]
    [InlineData("1e308", "0.123456789", false)]
    [InlineData("1e308", "0.5", true)]
    [InlineData("1e308", "1e-308", true)]
    [InlineData("1e-308", "1e308", false)]
    [InlineData("0", "1e-300", true)]
    [InlineData("-4.5", "1.5", true)]
    [InlineData("35", "1.5", false)]
    [InlineData("9007199254740993", "2", false)]
    [InlineData("9007199254740994", "2", true)]
    [InlineData("12391239123", "1e-8", true)]
    [InlineData("123456789012345678901234567890", "10", true)]
    [InlineData("123456789012345678901234567891", "10", false)]
    [InlineData("98765432109876543210987654321", "9876543210987654321.0987654321", true)]
    [InlineData("999999999999999999", "7", true)]
    [InlineData("1e18", "999999999999999999", false)]
    [InlineData("999999999999999999e18", "999999999999999999", true)]
    public void Divides_exactly(string value, string divisor, bool isMultiple) =>
        Assert.Equal(isMultiple, Judge.Compile($$"""{"multipleOf": {{divisor}}}""").IsValid(value));

    [Fact]
    public void Agrees_with_decimal_arithmetic()
    {
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var left = new decimal(random.Next(-5_000, 5_000)) / (decimal)Math.Pow(10, random.Next(4));
            var right = new decimal(random.Next(1, 300)) / (decimal)Math.Pow(10, random.Next(4));
            var (l, r) = (left.ToString(CultureInfo.InvariantCulture), right.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(Math.Sign(left.CompareTo(right)), Math.Sign(Compare(l, r)));
            Assert.Equal(left % right == 0, Judge.Compile($$"""{"multipleOf": {{r}}}""").IsValid(l));
        }
    }

    private static int Compare(string left, string right) =>
        JsonNumber.Compare(JsonNumber.Parse(Encoding.ASCII.GetBytes(left)), JsonNumber.Parse(Encoding.ASCII.GetBytes(right)));
}
