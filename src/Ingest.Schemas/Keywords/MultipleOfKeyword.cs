using System.Globalization;
using System.Numerics;
using System.Text;

namespace Ingest.Schemas;

/// <summary><c>multipleOf</c>, exact for decimals of any size within the limits.</summary>
internal sealed class MultipleOfKeyword(KeywordSite site, byte[] divisor) : Keyword(site, JsonTypes.Number)
{
    /// <summary>The largest power of ten in a ulong is 10^19; one less keeps digits of that length in it too.</summary>
    private const int SmallDigitsMax = 18;

    private readonly string _expected = $"a multiple of {Encoding.ASCII.GetString(divisor)}";

    public override bool Check(ref Validation run, int row)
    {
        var raw = run.Instance.Raw(row);
        // Division of long numbers is quadratic in their digits.
        return run.Spend(row, raw.Length / Validation.BytesPerStep * 8)
            && (IsMultiple(JsonNumber.Parse(raw), JsonNumber.Parse(divisor)) || run.Fail(this, row, _expected));
    }

    private static bool IsMultiple(in JsonNumber value, in JsonNumber of)
    {
        if (value.IsZero)
            return true;

        // d1·10^e1 / (d2·10^e2) is whole when d2 divides d1·10^(e1−e2). Where that power is negative it cannot: d1 would
        // have to divide by ten, but its last digit is not zero.
        var power = value.Exponent - of.Exponent;
        if (power < 0)
            return false;
        if (value.DigitCount <= SmallDigitsMax && of.DigitCount <= SmallDigitsMax && power <= SmallDigitsMax)
        {
            var modulus = SmallDigits(of);
            return (UInt128)(SmallDigits(value) % modulus) * (PowerOfTen(power) % modulus) % modulus == 0;
        }

        var large = LargeDigits(of);
        return (LargeDigits(value) % large * BigInteger.ModPow(10, power, large) % large).IsZero;
    }

    private static ulong SmallDigits(in JsonNumber number)
    {
        Span<byte> digits = stackalloc byte[SmallDigitsMax];
        return ulong.Parse(number.CopyDigits(digits), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static BigInteger LargeDigits(in JsonNumber number)
    {
        var digits = new byte[number.DigitCount];
        return BigInteger.Parse(
            Encoding.ASCII.GetString(number.CopyDigits(digits)), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static ulong PowerOfTen(int power)
    {
        var result = 1ul;
        for (; power > 0; power--)
            result *= 10;
        return result;
    }
}
