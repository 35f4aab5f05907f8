import java.io.FileInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/** Judges PDF files by PDF/UA-1 and PDF/A-2a; exits with 1 if a rule is broken. */
public final class Vera {
    private static final List<PDFAFlavour> FLAVOURS =
            List.of(PDFAFlavour.PDFUA_1, PDFAFlavour.PDFA_2_A);

    public static void main(String[] paths) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        if (paths.length == 0) throw new IllegalArgumentException("usage: Vera FILE.pdf ...");
        boolean compliant = true;
        for (String path : paths) {
            for (PDFAFlavour flavour : FLAVOURS) compliant &= judge(path, flavour);
        }
        System.exit(compliant ? 0 : 1);
    }

    private static boolean judge(String path, PDFAFlavour flavour) throws Exception {
        try (PDFAParser parser = Foundries.defaultInstance()
                     .createParser(new FileInputStream(path), flavour);
             PDFAValidator validator = Foundries.defaultInstance()
                     .createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            Map<RuleId, Integer> failed = result.getFailedChecks();
            System.out.printf("%s %s: %s, %d checks, %d rules broken%n",
                    Path.of(path).getFileName(), flavour.getId(),
                    result.isCompliant() ? "compliant" : "NOT compliant",
                    result.getTotalAssertions(), failed.size());
            failed.forEach((rule, count) -> System.out.printf(
                    "  %s %s-%d: %d failures%n",
                    rule.getSpecification().getId(), rule.getClause(),
                    rule.getTestNumber(), count));
            return result.isCompliant();
        }
    }
}
