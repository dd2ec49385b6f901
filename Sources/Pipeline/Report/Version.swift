import Stages

package let axportVersion = "0.1.0"
